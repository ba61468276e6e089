"""The sample of Flask-Login's documentation: its user loader, its forms, its routes.

Run as a program, it prints its port and serves until it is stopped. What is ours: a table of one user in memory, the
page at `/account`, and that “remember me” can be ticked, for which there is `login_user(…, remember=True)`.
"""

from __future__ import annotations

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user, logout_user

from .serve import PASSWORD, USER, serve

app = Flask(__name__)
app.secret_key = "super secret string"
login_manager = LoginManager()
login_manager.init_app(app)
login_manager.login_view = "login"


class Person(UserMixin):
    """The only user."""

    id = USER


@login_manager.user_loader
def user_loader(name: str) -> Person | None:
    return Person() if name == USER else None


@app.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    if request.method == "GET":
        return """<form action='login' method='POST'>
            <input type='text' name='email'><input type='password' name='password'>
            <input type='checkbox' name='remember' value='yes'><input type='submit'></form>"""
    if request.form["email"] == USER and request.form["password"] == PASSWORD:
        login_user(Person(), remember="remember" in request.form)
        return redirect(url_for("account"))
    return "Bad login"


@app.route("/account")
@login_required
def account() -> ResponseReturnValue:
    return f"Logged in as: {current_user.id}"


@app.route("/logout")
def logout() -> ResponseReturnValue:
    logout_user()
    return "Logged out"


if __name__ == "__main__":
    serve(app)
