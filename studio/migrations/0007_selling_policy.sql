-- Describe the new columns of the policies.
COMMENT ON COLUMN public.studio_policy.country IS
'The country as two capital letters (ISO 3166), or empty if the org chose none.';
COMMENT ON COLUMN public.studio_policy.currency IS
'The currency of new offers as three small letters (ISO 4217), or empty if the org chose none.';
COMMENT ON COLUMN public.studio_policy.staff_may_sell IS 'Whether the staff may sell offers.';
COMMENT ON COLUMN public.studio_policy.staff_may_edit_clients IS
'Whether the staff may add, edit and merge clients.';
