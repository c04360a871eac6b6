"""Catalog queries that return every object of a schema with the statements that create it."""

COLUMNS = """
SELECT relname::text, attname::text, format_type(atttypid, atttypmod), attnotnull,
    CASE WHEN attidentity <> '' THEN 'IDENTITY'
        WHEN attgenerated = '' THEN coalesce(pg_get_expr(adbin, adrelid), typdefault) END,
    CASE WHEN attgenerated <> '' THEN pg_get_expr(adbin, adrelid) END
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = <schema> AND attnum > 0 AND NOT attisdropped
    AND relname IN ('orgs', 'clients', 'offers', 'client_purchases')
ORDER BY relname, attnum
"""

# NOT VALID is removed, because an unvalidated constraint is still the same constraint. NOT NULL
# constraints are left out, because the column definition has them on every version.
OBJECTS = """
SELECT 'table', relname::text, relname::text, ''
FROM pg_class WHERE relnamespace = <schema> AND relkind IN ('r', 'p')
UNION ALL
SELECT 'column', relname::text, attname::text,
    concat_ws(' ', format('ALTER TABLE public.%I ADD COLUMN %I', relname, attname),
        format_type(atttypid, atttypmod),
        CASE WHEN attcollation <> typcollation THEN format('COLLATE %I', collname) END,
        CASE WHEN attidentity <> '' THEN 'GENERATED AS IDENTITY ' || attidentity::text END,
        CASE WHEN attnotnull THEN 'NOT NULL' END,
        'DEFAULT ' || pg_get_expr(adbin, adrelid))
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_collation ON pg_collation.oid = attcollation
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = <schema> AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'function', '', format('%s(%s)', proname, oidvectortypes(proargtypes)),
    rtrim(pg_get_functiondef(oid), E'\n')
FROM pg_proc WHERE pronamespace = <schema> AND prokind = 'f'
UNION ALL
SELECT 'constraint', relname::text, conname::text,
    format('ALTER TABLE public.%I ADD CONSTRAINT %I %s', relname, conname,
        regexp_replace(pg_get_constraintdef(pg_constraint.oid), ' NOT VALID$', ''))
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE connamespace = <schema> AND contype NOT IN ('n', 't')
UNION ALL
SELECT 'index', tables.relname::text, indexes.relname::text,
    pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' -- not valid' END
FROM pg_index
JOIN pg_class AS indexes ON indexes.oid = indexrelid
JOIN pg_class AS tables ON tables.oid = indrelid
WHERE tables.relnamespace = <schema> AND tables.relkind IN ('r', 'p')
    AND NOT EXISTS (
        SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x')
    )
UNION ALL
SELECT 'trigger', relname::text, tgname::text,
    format(E'%s;\nALTER TABLE public.%I %s TRIGGER %I', pg_get_triggerdef(pg_trigger.oid), relname,
        CASE tgenabled
            WHEN 'A' THEN 'ENABLE ALWAYS'
            WHEN 'R' THEN 'ENABLE REPLICA'
            WHEN 'D' THEN 'DISABLE'
            ELSE 'ENABLE'
        END, tgname)
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = <schema> AND NOT tgisinternal
UNION ALL
SELECT 'comment', relname::text,
    CASE objsubid WHEN 0 THEN format('table %s', relname) ELSE format('column %s', attname) END,
    CASE objsubid
        WHEN 0 THEN format('COMMENT ON TABLE public.%I IS %L', relname, description)
        ELSE format('COMMENT ON COLUMN public.%I.%I IS %L', relname, attname, description)
    END
FROM pg_description
JOIN pg_class ON classoid = 'pg_class'::regclass AND pg_class.oid = objoid
LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid AND objsubid > 0
WHERE relnamespace = <schema> AND relkind IN ('r', 'p')
UNION ALL
SELECT 'comment', '', format('function %s(%s)', proname, oidvectortypes(proargtypes)),
    format('COMMENT ON FUNCTION public.%I(%s) IS %L', proname, oidvectortypes(proargtypes),
        description)
FROM pg_description
JOIN pg_proc ON classoid = 'pg_proc'::regclass AND pg_proc.oid = objoid
WHERE pronamespace = <schema> AND prokind = 'f'
UNION ALL
SELECT 'comment', relname::text, format('constraint %s', conname),
    format('COMMENT ON CONSTRAINT %I ON public.%I IS %L', conname, relname, description)
FROM pg_description
JOIN pg_constraint ON classoid = 'pg_constraint'::regclass AND pg_constraint.oid = objoid
JOIN pg_class ON pg_class.oid = conrelid
WHERE connamespace = <schema>
UNION ALL
SELECT 'comment', relname::text, format('trigger %s', tgname),
    format('COMMENT ON TRIGGER %I ON public.%I IS %L', tgname, relname, description)
FROM pg_description
JOIN pg_trigger ON classoid = 'pg_trigger'::regclass AND pg_trigger.oid = objoid
JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = <schema>
"""
