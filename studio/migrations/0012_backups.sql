-- Describe the table of backups.
COMMENT ON TABLE public.studio_backup IS
'Studio: when each backup of the database was finished.';
COMMENT ON COLUMN public.studio_backup.id IS 'The id of the row.';
COMMENT ON COLUMN public.studio_backup.finished_at IS 'When the backup was finished.';
COMMENT ON COLUMN public.studio_backup.file_name IS
'The name of the file without its folder, or of the program that made the backup.';
COMMENT ON COLUMN public.studio_backup.size_bytes IS
'The size of the file, or null if another program made the backup.';
