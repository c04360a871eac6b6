-- Return the codes of the first steps that an org has done, in one text array. A member more than
-- `member_id` counts as an invited team.
SELECT array_remove(
    ARRAY[
        CASE WHEN EXISTS (SELECT FROM public.offers WHERE org_id = %(org_id)s) THEN 'offers' END,
        CASE WHEN EXISTS (SELECT FROM public.clients WHERE org_id = %(org_id)s) THEN 'clients' END,
        CASE
            WHEN
                EXISTS (
                    SELECT FROM public.studio_membership
                    WHERE org_id = %(org_id)s AND id <> %(member_id)s
                )
                THEN 'people'
        END,
        CASE
            WHEN
                EXISTS (
                    SELECT
                    FROM public.studio_membership AS member
                        INNER JOIN public.studio_pin AS pin ON member.id = pin.membership_id
                    WHERE member.org_id = %(org_id)s
                )
                THEN 'shared_desk'
        END,
        (
            SELECT step FROM public.studio_finishedstep
            WHERE org_id = %(org_id)s AND step = 'copy'
        )
    ],
    NULL
) AS finished
