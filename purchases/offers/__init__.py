"""The pages on which an owner adds, changes and retires offers."""
