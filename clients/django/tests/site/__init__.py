"""The site that the tests are about: Django's own sign-in and sign-out, and some pages."""
