-- Return a session that has not expired with its user, the membership that it has open, org and
-- policy, and the membership and user who act at a shared desk. Columns of missing rows are null.
-- A membership that is switched off, or of another user, counts as missing.
-- Further columns: the current snapshot for live updates, the time, whether any member of the org has a PIN,
-- when the two members set theirs, the allowances of the org as JSON, and the orgs whose rows the
-- request may see: that of the member, or every org for a superuser. The last column stores them in
-- a setting of the connection, for the policies of row level security.
SELECT
    session.session_data,
    session.expire_date,
    session.session_key,
    session.user_id,
    session.acting_id,
    session.membership_id,
    session.signed_in_at,
    session.last_used_at,
    session.browser,
    person.id,
    person.password,
    person.last_login,
    person.is_superuser,
    person.username,
    person.first_name,
    person.last_name,
    person.email,
    person.is_staff,
    person.is_active,
    person.date_joined,
    member.id,
    member.user_id,
    member.org_id,
    member.role,
    member.is_active,
    member.opened_at,
    org.id,
    CASE
        WHEN org.created_at > timestamptz '9999-12-01 00:00Z' THEN timestamptz '9999-12-01 00:00Z'
        WHEN org.created_at < timestamptz '1000-01-02 00:00Z' THEN timestamptz '1000-01-02 00:00Z'
        ELSE org.created_at
    END,
    org.name,
    org.slug,
    policy.id,
    policy.org_id,
    policy.reason_is_mandatory,
    policy.time_zone,
    policy.language,
    policy.desk_locks_after_minutes,
    policy.country,
    policy.currency,
    policy.staff_may_sell,
    policy.staff_may_edit_clients,
    acting.id,
    acting.user_id,
    acting.org_id,
    acting.role,
    acting.is_active,
    acting.opened_at,
    acting_person.id,
    acting_person.password,
    acting_person.last_login,
    acting_person.is_superuser,
    acting_person.username,
    acting_person.first_name,
    acting_person.last_name,
    acting_person.email,
    acting_person.is_staff,
    acting_person.is_active,
    acting_person.date_joined,
    pg_current_snapshot()::text AS snapshot,
    clock_timestamp() AS database_time,
    EXISTS (
        SELECT FROM public.studio_pin AS pin
        INNER JOIN public.studio_membership AS colleague ON colleague.id = pin.membership_id
        WHERE colleague.org_id = org.id
    ) AS org_has_pins,
    member_pin.set_at AS member_pin_set_at,
    acting_pin.set_at AS acting_pin_set_at,
    (
        SELECT jsonb_agg(
            jsonb_build_object('reason', reason, 'sessions', sessions, 'days', days)
        )
        FROM public.studio_allowance AS allowance
        WHERE allowance.org_id = org.id
    ) AS allowed,
    set_config(
        'studio.org_ids',
        CASE
            WHEN person.is_superuser THEN (SELECT array_agg(every.id)::text FROM public.orgs AS every)
            ELSE ARRAY[member.org_id]::text
        END,
        false
    ) AS org_ids
FROM public.studio_session AS session
LEFT JOIN public.studio_user AS person ON person.id = session.user_id
LEFT JOIN public.studio_membership AS member
    ON member.id = session.membership_id AND member.user_id = person.id AND member.is_active
LEFT JOIN public.studio_pin AS member_pin ON member_pin.membership_id = member.id
LEFT JOIN public.orgs AS org ON org.id = member.org_id
LEFT JOIN public.studio_policy AS policy ON policy.org_id = org.id
LEFT JOIN public.studio_membership AS acting ON acting.id = session.acting_id
LEFT JOIN public.studio_pin AS acting_pin ON acting_pin.membership_id = acting.id
LEFT JOIN public.studio_user AS acting_person ON acting_person.id = acting.user_id
WHERE session.session_key = %(key)s AND session.expire_date > %(now)s
