-- Describe the table of PINs, and move the hashes of existing PINs there, as hashes without a key.
COMMENT ON TABLE public.studio_pin IS 'Studio: the PINs for shared desks.';
COMMENT ON COLUMN public.studio_pin.membership_id IS 'The membership whose PIN it is.';
COMMENT ON COLUMN public.studio_pin.hash IS
'The hash of an HMAC of the PIN by a key that is not in the database.';
COMMENT ON COLUMN public.studio_pin.key_id IS
'A digest that identifies the key, or empty if the PIN itself was hashed by an older version.';
COMMENT ON COLUMN public.studio_pin.digits IS 'The number of digits of the PIN.';
COMMENT ON COLUMN public.studio_pin.set_at IS 'The time when the PIN was set.';

INSERT INTO public.studio_pin (membership_id, hash, key_id, digits, set_at)
SELECT
    id,
    pin,
    '',
    pin_digits,
    now()
FROM public.studio_membership WHERE pin <> '';
