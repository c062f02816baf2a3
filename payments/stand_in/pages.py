"""The HTML of the hosted pages: plain forms that work without a script, with labels, and with errors said in words."""

from dataclasses import dataclass
from html import escape

from .amounts import words
from .errors import Json


@dataclass(frozen=True)
class Typed:
    """What the payer typed, as typed. The security code is never shown again."""

    email: str = ""
    number: str = ""
    expiry: str = ""
    cvc: str = ""
    name: str = ""
    method: str = "card"
    sort_code: str = ""
    account_number: str = ""
    holder: str = ""


@dataclass(frozen=True)
class Problem:
    """Why the form came back: a sentence, and the field it is about where it is about one."""

    message: str
    field: str = ""


_SHELL = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="stylesheet" href="/c/pay.css">
</head>
<body>
<header><p class="notice">Test payments. This page stands in for Stripe: no money moves.</p></header>
<main>
{body}
</main>
</body>
</html>
"""

_TEST_CARDS = """<details>
<summary>Test cards</summary>
<p>Use any date to come and any three digits.</p>
<ul>
<li>4242 4242 4242 4242: paid</li>
<li>4000 0027 6000 3184: the bank asks first (3-D Secure)</li>
<li>4000 0000 0000 0002: declined</li>
<li>4000 0000 0000 9995: declined, not enough money</li>
</ul>
<p>Direct Debit, where offered: sort code 10-88-00, account 90012345 (paid after three minutes) or 93333335 (refused
after three minutes).</p>
</details>"""


def shell(title: str, body: str) -> bytes:
    """A whole page. ``body`` is HTML."""
    return _SHELL.format(title=escape(title), body=body).encode()


def pay(session: Json, lines: list[Json], *, email: str | None, typed: Typed, problem: Problem | None) -> bytes:
    """The payment form. ``email`` is shown, not asked for, when it is known already."""
    total = words(session["amount_total"], session["currency"])
    rows = "".join(
        f"<tr><th scope='row'>{escape(line['description'])}"
        f"{'' if line['quantity'] == 1 else ' &times; ' + str(line['quantity'])}</th>"
        f"<td>{words(line['amount_total'], line['currency'])}</td></tr>"
        for line in lines
    )
    who = (
        f"<p>For {escape(email)}</p>"
        if email
        else _field("email", "Email", typed.email, problem, autocomplete="email", kind="email")
    )
    card = _card(total, typed, problem)
    debit = _debit(total, typed, problem) if "bacs_debit" in session["payment_method_types"] else ""
    back = session["cancel_url"]
    cancel = f"<p><a href='{escape(back)}'>Cancel and go back</a></p>" if back else ""
    body = (
        f"<h1>Pay {total}</h1>{_alert(problem)}"
        f"<table><caption>Your order</caption><tbody>{rows}</tbody>"
        f"<tfoot><tr><th scope='row'>Total</th><td>{total}</td></tr></tfoot></table>"
        f"<form method='post' novalidate>{who}{card}{debit}</form>"
        f"{cancel}{_TEST_CARDS}"
    )
    return shell(f"{'Error: ' if problem else ''}Pay {total}", body)


def _card(total: str, typed: Typed, problem: Problem | None) -> str:
    fields = _field("number", "Card number", typed.number, problem, autocomplete="cc-number", numeric=True)
    fields += _field("expiry", "Expiry date (MM / YY)", typed.expiry, problem, autocomplete="cc-exp", numeric=True)
    fields += _field("cvc", "Security code (CVC)", "", problem, autocomplete="cc-csc", numeric=True)
    fields += _field("name", "Name on card", typed.name, problem, autocomplete="cc-name")
    button = f"<button name='method' value='card'>Pay {total}</button>"
    return f"<fieldset><legend>Card</legend>{fields}{button}</fieldset>"


def _debit(total: str, typed: Typed, problem: Problem | None) -> str:
    fields = _field("sort_code", "Sort code", typed.sort_code, problem, autocomplete="off", numeric=True)
    fields += _field(
        "account_number", "Account number", typed.account_number, problem, autocomplete="off", numeric=True
    )
    fields += _field("holder", "Name on the account", typed.holder, problem, autocomplete="name")
    button = f"<button name='method' value='bacs_debit'>Pay {total} by Direct Debit</button>"
    return f"<fieldset><legend>Bacs Direct Debit</legend>{fields}{button}</fieldset>"


def _alert(problem: Problem | None) -> str:
    if problem is None:
        return ""
    message = escape(problem.message)
    if problem.field:
        message = f"<a href='#{problem.field}'>{message}</a>"
    return f"<div role='alert' class='alert'><p>{message}</p></div>"


def _field(
    name: str,
    label: str,
    value: str,
    problem: Problem | None,
    *,
    autocomplete: str,
    kind: str = "text",
    numeric: bool = False,
) -> str:
    wrong = problem is not None and problem.field == name
    attributes = " aria-invalid='true' aria-describedby='problem'" if wrong else ""
    keys = " inputmode='numeric'" if numeric else ""
    told = f"<span id='problem' class='wrong'>{escape(problem.message)}</span>" if wrong and problem else ""
    return (
        f"<p class='field'><label for='{name}'>{label}</label>{told}"
        f"<input id='{name}' name='{name}' type='{kind}' value='{escape(value)}' autocomplete='{autocomplete}'"
        f"{keys}{attributes}></p>"
    )


def authenticate(intent: Json) -> bytes:
    """The bank's page."""
    total = words(intent["amount"], intent["currency"])
    body = (
        "<h1>Your bank asks: is it you?</h1>"
        f"<p>3-D Secure test page for a payment of {total}.</p>"
        f"<form method='post'><input type='hidden' name='secret' value='{escape(intent['client_secret'])}'>"
        "<button name='outcome' value='complete'>Complete authentication</button>"
        "<button name='outcome' value='fail' class='quiet'>Fail authentication</button></form>"
    )
    return shell("3-D Secure", body)


def over(heading: str, sentence: str, link: str | None = None, words_of_link: str = "Go back") -> bytes:
    """A page at which nothing can be done any more."""
    onward = f"<p><a href='{escape(link)}'>{escape(words_of_link)}</a></p>" if link else ""
    return shell(heading, f"<h1>{escape(heading)}</h1><p>{escape(sentence)}</p>{onward}")
