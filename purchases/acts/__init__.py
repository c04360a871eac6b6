"""The pages on which a purchase is corrected, transferred, refunded or paid, and a use is moved."""
