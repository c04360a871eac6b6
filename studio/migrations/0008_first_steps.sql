-- Describe the table of the first steps.
COMMENT ON TABLE public.studio_finishedstep IS
'Studio: the first steps of an org that no other row tells of: finished, or dismissed by an owner.';
COMMENT ON COLUMN public.studio_finishedstep.id IS 'The id of the row.';
COMMENT ON COLUMN public.studio_finishedstep.org_id IS 'The org.';
COMMENT ON COLUMN public.studio_finishedstep.step IS 'The step, as a code.';
