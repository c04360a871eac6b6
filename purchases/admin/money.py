IN_CENTS = "In cents: write 20000 for 200.00."


def money(cents: int, currency: str) -> str:
    """ "200.00 AUD"."""
    return f"{cents / 100:.2f} {currency.upper()}"
