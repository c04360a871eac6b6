-- The content of pg_dump -s, for servers newer than the available pg_dump.
SELECT 'relation', relname::text, concat_ws(' ', relkind, pg_get_userbyid(relowner),
    relrowsecurity, relforcerowsecurity,
    (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(relacl) AS acl))
FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'column', format('%s.%s', relname, attname), concat_ws(' ',
    row_number() OVER (PARTITION BY attrelid ORDER BY attnum),
    format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
    attcollation::regcollation,
    pg_get_expr(adbin, adrelid), attacl)
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'constraint', format('%s.%s', conrelid::regclass, conname), pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', indexrelid::regclass::text, concat_ws(' ', indisvalid, pg_get_indexdef(indexrelid))
FROM pg_index WHERE indrelid::regclass::text !~ '^pg_|\.'
UNION ALL
SELECT 'trigger', format('%s.%s', tgrelid::regclass, tgname),
    concat_ws(' ', tgenabled, pg_get_triggerdef(oid))
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function', oid::regprocedure::text, concat_ws(' ', pg_get_userbyid(proowner),
    (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(proacl) AS acl),
    pg_get_functiondef(oid))
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT 'policy', format('%s.%s', polrelid::regclass, polname), concat_ws(' ', polcmd, polpermissive,
    (SELECT array_agg(role::regrole::text ORDER BY 1) FROM unnest(polroles) AS role),
    pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
FROM pg_policy
UNION ALL
SELECT 'default', defaclobjtype::text, defaclacl::text FROM pg_default_acl
UNION ALL
SELECT 'comment', pg_describe_object(classoid, objoid, objsubid), description FROM pg_description
WHERE (pg_identify_object(classoid, objoid, objsubid)).schema = 'public'
    OR pg_describe_object(classoid, objoid, objsubid) ~ '^(trigger|constraint) '
ORDER BY 1, 2, 3
