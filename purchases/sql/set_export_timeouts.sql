-- Let the statements of the current transaction take as long as an export may wait.
-- The web role's timeouts are shorter than a person waits for a page.
SELECT
    set_config('statement_timeout', '60s', true) AS statement_timeout,
    set_config('idle_in_transaction_session_timeout', '90s', true) AS wait_between_statements
