"""A site without the views of Exeunt."""

urlpatterns: list[object] = []
