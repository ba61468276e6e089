"""Sign-outs that are real, for Django: sessions kept by Exeunt, and checked in memory."""
