-- Create the table of imports: a file of another program, what the owner chose for it, and how far
-- its rows are written.
CREATE TABLE public.imports (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL REFERENCES public.orgs (id),
    actor_id bigint NOT NULL REFERENCES public.studio_user (id),
    file_name text NOT NULL,
    content bytea,
    content_hash text NOT NULL,
    choices jsonb NOT NULL DEFAULT '{}',
    plan jsonb,
    state text NOT NULL DEFAULT 'draft',
    offers jsonb NOT NULL DEFAULT '[]',
    counts jsonb NOT NULL DEFAULT '{}',
    rows_total int NOT NULL DEFAULT 0,
    rows_done int NOT NULL DEFAULT 0,
    packs_kept int NOT NULL DEFAULT 0,
    clients_kept int NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz,
    worked_at timestamptz,
    finished_at timestamptz,
    undone_by_id bigint REFERENCES public.studio_user (id),
    undone_at timestamptz,
    CONSTRAINT imports_state_is_known CHECK (
        state IN ('draft', 'writing', 'done', 'undoing', 'undone')
    ),
    CONSTRAINT imports_only_drafts_keep_the_file CHECK (
        content IS NOT NULL AND state = 'draft' OR content IS NULL AND plan IS NULL
    ),
    CONSTRAINT imports_rows_done_is_between_0_and_total CHECK (
        rows_done BETWEEN 0 AND rows_total
    ),
    CONSTRAINT imports_an_undone_one_has_a_user CHECK (
        (state IN ('undoing', 'undone')) = (undone_by_id IS NOT NULL)
    )
);

-- Read by the list of an org's imports.
CREATE INDEX imports_newest_first ON public.imports (org_id, created_at DESC);
-- Read when a user is deleted.
CREATE INDEX imports_of_an_actor ON public.imports (actor_id);

COMMENT ON TABLE public.imports IS
'Studio: files of other programs whose clients and purchases were imported, or will be.';
COMMENT ON COLUMN public.imports.id IS 'The id of the import; ids of its requests derive from it.';
COMMENT ON COLUMN public.imports.org_id IS 'The org that imports.';
COMMENT ON COLUMN public.imports.actor_id IS 'The user who imports.';
COMMENT ON COLUMN public.imports.file_name IS 'The name of the file.';
COMMENT ON COLUMN public.imports.content IS
'The file, until its rows are planned. Null afterwards, because only chosen columns are kept.';
COMMENT ON COLUMN public.imports.content_hash IS 'The SHA-256 of the file, in hexadecimal digits.';
COMMENT ON COLUMN public.imports.choices IS
'What the owner chose: columns, encoding, order of dates, sessions of each pack.';
COMMENT ON COLUMN public.imports.plan IS
'The preview of a draft, and digests of what it was made from; before it is made, its progress.';
COMMENT ON COLUMN public.imports.state IS 'draft, writing, done, undoing or undone.';
COMMENT ON COLUMN public.imports.offers IS 'The offers that the import adds, with their ids.';
COMMENT ON COLUMN public.imports.counts IS 'How many people and packs the preview listed.';
COMMENT ON COLUMN public.imports.rows_total IS 'The number of planned rows.';
COMMENT ON COLUMN public.imports.rows_done IS
'The number of rows that are written. An undo counts it down.';
COMMENT ON COLUMN public.imports.packs_kept IS
'The number of packs that an undo kept, because they were changed while it ran.';
COMMENT ON COLUMN public.imports.clients_kept IS
'The number of clients that an undo kept, because they were changed since the import.';
COMMENT ON COLUMN public.imports.created_at IS 'The time when the file was uploaded.';
COMMENT ON COLUMN public.imports.started_at IS 'The time of the last press, which started writing.';
COMMENT ON COLUMN public.imports.worked_at IS 'The time when the last chunk was written.';
COMMENT ON COLUMN public.imports.finished_at IS 'The time when the last row was written.';
COMMENT ON COLUMN public.imports.undone_by_id IS 'The user who undid the import.';
COMMENT ON COLUMN public.imports.undone_at IS 'The time when the undo was requested.';
