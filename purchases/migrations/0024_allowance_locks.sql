-- Create the table of locks: a row for each client whose allowance was counted. A transaction locks
-- the row, so that two reinstatements for one client are counted one after the other.
CREATE TABLE public.allowance_locks (client_id uuid PRIMARY KEY);

COMMENT ON TABLE public.allowance_locks IS
'Studio: a row for each client, which a reinstatement within an allowance locks.';
COMMENT ON COLUMN public.allowance_locks.client_id IS
'The client. It has no foreign key, because a check of one would wait for other programs.';
