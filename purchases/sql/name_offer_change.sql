-- Set the user and the form that offer_events records for the changes of offers that follow in this
-- transaction. An empty text records neither.
SELECT
    set_config('studio.actor_id', %(actor_id)s, true),
    set_config('studio.offer_request_id', %(request_id)s, true)
