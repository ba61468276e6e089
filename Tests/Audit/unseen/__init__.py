"""A third set, of the faults that teams write by mistake; measured once before anything was changed for it."""
