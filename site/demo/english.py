"""The demo's register and statement in English: the same facts, our own words. The pages around it are in `english_pages`."""

from typing import Any

from django.apps import apps
from wagtail.models import Locale

from privacy.register.models import Controller, Cookie, RetentionRule
from privacy.statement.models import PrivacyStatementPage

from .statement import block

_YOU = "from you"
_LOGIN = "Only with a user name and a password."

#: Model of the register -> key of the row -> its words.
WORDS: dict[str, dict[str, dict[str, str]]] = {
    "DataCategory": {
        "name": {"name": "Name", "description": "Your first and last name.", "origin": _YOU},
        "company": {"name": "Company", "description": "The name of your company.", "origin": _YOU},
        "address": {
            "name": "Address",
            "description": "Street, postcode and town.",
            "origin": _YOU,
            "consequence": "If you give us an assignment, we cannot send an invoice without an address.",
        },
        "contact_details": {
            "name": "Email address",
            "description": "The address to which we write to you; sometimes more than one.",
            "origin": _YOU,
            "consequence": "Without an email address we cannot answer you.",
        },
        "phone": {
            "name": "Telephone numbers",
            "description": "Landline and mobile.",
            "origin": _YOU,
            "consequence": "Without a telephone number we write to you instead.",
        },
        "websites": {"name": "Websites", "description": "The addresses of your websites.", "origin": _YOU},
        "logins": {
            "name": "Log-in details",
            "description": "What lets us into your website to work on it. Never through the form.",
            "origin": _YOU,
            "consequence": "Without them we cannot work inside your website; an account of our own will do as well.",
        },
        "files": {
            "name": "Files",
            "description": "What you hand us for an assignment. It may hold data of your own customers.",
            "origin": "from you as our client",
        },
        "mail": {"name": "Correspondence", "description": "What you and we write to each other.", "origin": "from you and us"},
        "message": {
            "name": "Message",
            "description": "What you ask us through the contact form.",
            "origin": _YOU,
            "consequence": "Without a message we do not know what you want to ask.",
        },
        "contact_moments": {"name": "Moments of contact", "description": "When we were in touch with each other."},
        "consent": {
            "name": "Consents",
            "description": "What you gave or withdrew consent for, when, and beside which words.",
            "origin": _YOU,
            "consequence": "What you do not consent to, we do not do.",
        },
        "spam_signs": {
            "name": "Signs of spam",
            "description": "Whether a message looks like spam and why: sent too fast, many links, without the check against "
            "spam. And how often something comes from your network address, under a code that cannot be traced back and "
            "changes every day.",
        },
        "invoices": {"name": "Invoices", "description": "What we charged you and when you paid."},
    },
    "System": {
        "acumulus": {"name": "Acumulus", "kind": "bookkeeping", "location": "at the supplier", "security": _LOGIN},
        "zoho": {"name": "ZOHO", "kind": "customer records (CRM)", "location": "at the supplier", "security": _LOGIN},
        "mail": {
            "name": "Email program",
            "kind": "correspondence",
            "location": "on our computers and at the supplier",
            "security": _LOGIN,
        },
        "website": {
            "name": "This website",
            "kind": "contact form",
            "location": "on our server",
            "security": "Closed to whoever does not belong there, always over TLS.",
        },
        "phones": {
            "name": "Telephones",
            "kind": "address book and mail, in step with the programs above",
            "location": "with us",
            "security": "Locked with a code.",
        },
        "cloud": {
            "name": "Cloud storage",
            "kind": "files of assignments",
            "location": "at the supplier",
            "security": _LOGIN,
        },
    },
    "Processor": {
        "acumulus": {
            "name": "Acumulus",
            "service": "bookkeeping",
            "country": "The Netherlands",
            "agreement": "Data processing agreement",
        },
        "zoho": {
            "name": "ZOHO",
            "service": "customer records (CRM)",
            "country": "India",
            "transfer": "Stored in a European data centre; for access from outside the EEA the standard contractual clauses of "
            "the European Commission apply. Ask us for a copy.",
            "agreement": "ZOHO’s terms for processors",
        },
        "specialist": {
            "name": "A fellow internet specialist",
            "service": "help with an assignment; only after we have discussed it with you and you agree",
            "country": "The Netherlands",
            "agreement": "Data processing agreement, completed for each assignment and agreed with you",
        },
        "mailbox": {
            "name": "Voorbeeld Mail B.V.",
            "service": "our mailboxes, and sending the mails of this website",
            "country": "The Netherlands",
            "agreement": "Data processing agreement",
        },
        "storage": {
            "name": "Voorbeeld Opslag B.V.",
            "service": "cloud storage of the files of assignments",
            "country": "The Netherlands",
            "agreement": "Data processing agreement",
        },
    },
    "RetentionRule": {
        "relations": {
            "name": "Everything about relations: messages, contact details, files, mail and consents",
            "reason": "Clients sometimes come back with a further question after a long time. When we hear nothing for this "
            "long, we no longer need the data.",
        },
        "possible_spam": {
            "name": "Messages that our website takes for possible spam",
            "reason": "Long enough to find a message from a real person among them; after that they are of no use to anybody.",
        },
        "unconfirmed": {
            "name": "A box that you ticked and did not confirm",
            "reason": "As long as the link in the email works. After that we act as if you ticked nothing.",
        },
        "requests": {
            "name": "Your requests for access, erasure or anything else, and our answers",
            "reason": "With them we can show that we answered in time and well. Once you are erased, all that is left is that "
            "somebody asked something, without a name, an address or a letter.",
        },
        "exports": {
            "name": "The file with your data that we make ready at your request",
            "reason": "Long enough to collect it. Once collected it goes the next day.",
        },
        "objections": {
            "name": "A code of your email address when you want no mailings",
            "reason": "So that we leave you in peace, also when we have forgotten you otherwise. The address itself cannot be "
            "found from it.",
        },
        "site": {
            "name": "Running this website: logs, old versions of pages, editors’ comments, emails sent, sessions",
            "reason": "When something goes wrong, we can look back a year at what happened. When you are erased, we take your "
            "data out of these as well. A session of staff ends within two weeks.",
        },
        "proof": {
            "name": "The proof that we erase what we promise: numbers and times, without names",
            "reason": "That is how long somebody may ask us to show it (art. 5(2) GDPR).",
        },
        "fiscal": {
            "name": "Invoices and the accounts around them",
            "reason": "Tax law obliges us to (art. 52(4) AWR). We use them for nothing else.",
        },
    },
    "Purpose": {
        "enquiry": {
            "name": "Answering your question",
            "description": "We read your message, answer you, and know what it was about when you come back.",
            "consent_wording": "Yes, {naam} may keep my name, my company, my email address, my telephone number and my "
            "message to answer my question, until {termijn} after our last contact at the latest. I can withdraw "
            "this at any time through the link in the confirmation that I get by email, or with an email to {e-mail}; my "
            "message is then erased.",
        },
        "assignment": {
            "name": "Carrying out assignments",
            "description": "We build, maintain and host your website and keep you informed.",
        },
        "relations": {
            "name": "Knowing our relations",
            "description": "We know with whom we do business and can find you when you call or write.",
            "interest": "a small company has to know its customers and be able to call them back",
        },
        "administration": {
            "name": "Invoicing and our accounts",
            "description": "We send invoices and keep the books that tax law asks for.",
            "law": "art. 52 of the Dutch General State Taxes Act (AWR)",
        },
        "newsletter": {
            "name": "Telling you what we do",
            "description": "We send you an email about our work now and then, only if you want it.",
            "consent_wording": "Yes, {naam} may send me an email about its work now and then, at the address I fill in above. "
            "I can withdraw this at any time through the link in each email, or with an email to {e-mail}. Leaving this box "
            "empty does not affect my question.",
        },
        "reference": {
            "name": "Showing our work",
            "description": "We show an assignment with your name on our website or on social media, after talking to you.",
            "consent_wording": "Yes, {naam} may name me, my company and my website as an example of its work, on its website "
            "and on social media. I can withdraw this at any time through the link in the confirmation that I get by email, or "
            "with an email to {e-mail}.",
        },
        "spam": {
            "name": "Keeping spam out",
            "description": "We put messages that look like spam aside and check them. No computer decides whether you get an "
            "answer; we do.",
            "interest": "we do not want to lose messages from people among those from robots",
        },
        "accountability": {
            "name": "Showing that we keep to the law",
            "description": "We record what you consented to and what you asked of us, so that we can prove it.",
            "law": "art. 5(2), art. 7(1) and art. 12 GDPR",
        },
    },
    "SecurityMeasure": {
        "accounts": {
            "name": "Passwords on all programs",
            "public_text": "All our programs open only with a user name and a password.",
        },
        "firewall": {
            "name": "Firewall",
            "public_text": "A firewall keeps our network closed to whoever has no business there.",
        },
        "website": {
            "name": "Website hardened and over TLS",
            "public_text": "This website is hardened and always encrypted (TLS).",
        },
        "phones": {"name": "Telephones locked", "public_text": "Our telephones are locked with a code and a password."},
        "authorisations": {
            "name": "Rights by function",
            "public_text": "Whoever works with us can reach only what their task asks for; we keep a list of who may do what.",
        },
        "cloud": {
            "name": "Cloud behind a password",
            "public_text": "Our cloud storage opens only with a user name and a password.",
        },
        "wifi": {
            "name": "Password of the Wi-Fi router",
            "public_text": "We renew the password of our Wi-Fi every three months.",
        },
    },
}

#: Name of the cookie -> its words.
COOKIES = {
    "csrftoken": {
        "purpose": "Protects a form from being sent by somebody other than you.",
        "lifetime": "until you close your browser",
        "audience": "whoever opens a form",
    },
    "mijn_gegevens": {
        "purpose": "Keeps the Dutch page “Mijn gegevens” open for you, and is sent nowhere else.",
        "lifetime": "30 minutes, or until you press Close",
        "audience": "whoever uses the link in the email about their data",
    },
    "mijn_gegevens_en": {
        "purpose": "Keeps the page “My data” open for you, and is sent nowhere else.",
        "lifetime": "30 minutes, or until you press Close",
        "audience": "whoever uses the link in the email about their data",
    },
    "sessionid": {
        "purpose": "Remembers that a member of staff is logged in.",
        "lifetime": "two weeks at most",
        "audience": "only those who manage the site",
    },
    "wagtail_sidebar_collapsed": {
        "purpose": "Remembers whether the menu of the admin is closed.",
        "lifetime": "until the browser is closed",
        "audience": "only those who manage the site",
    },
}

CONTROLLER = {
    "legal_form": "Sole proprietorship",
    "automated_decisions": "We take no decisions about you by computer alone, and we make no profiles.",
}

BODY = [
    block(
        "text",
        "In short",
        "<ul>"
        "<li>We keep only what we need to answer your question or do your assignment well.</li>"
        "<li>When the period is over, this website automatically erases what it holds about you.</li>"
        "<li>We do not sell your data. Everyone who does see it is named below.</li>"
        "<li>You can always see what we hold about you, and have it corrected or erased. It costs nothing.</li>"
        "</ul>",
    ),
    block("identity", "Who we are", "<p>We build and host websites. We are responsible for what is described below.</p>"),
    block(
        "purposes",
        "What we use data for",
        "<p>For each purpose you see which data we use, why we may, how long we keep it and who receives it.</p>",
    ),
    block(
        "categories",
        "Which data that is",
        "<p>For each kind you see whether you have to give it and what happens if you do not. In the contact form only your "
        "email address and your message are required.</p>"
        "<p>In principle we keep no special categories of data, such as about your health, origin, religion or orientation. Do "
        "not send us any, and do not send a citizen service number or passwords through the form either.</p>",
    ),
    block(
        "text",
        "Your own customers’ data",
        "<p>When we work on your website, we may come across your customers’ data. You are responsible for that data and "
        "we are the processor: we do with it what you tell us and nothing else. We agree on this with you in a data "
        "processing agreement.</p>",
    ),
    block(
        "text",
        "Consent",
        "<p>Where we ask for consent, you tick a box yourself; it is never ticked beforehand. You can withdraw your consent "
        "at any time, without a reason and without logging in, through the link in the confirmation that you get by email, or "
        "with an email to the address at the top. What we did until then remains lawful. If we have no other reason to keep "
        "your data, we erase it. If we ask for consent to email you, it counts only once you have confirmed your address.</p>"
        "<p>The confirmation comes with a signed receipt of what you chose. You can see whether such a receipt is genuine at "
        '<a href="/en/consent/check/">Check a receipt</a>.</p>',
    ),
    block(
        "recipients",
        "Who we share data with",
        "<p>These are the companies that receive your data or keep it for us. Nobody else gets it from us.</p>",
    ),
    block("retention", "How long we keep data", "<p>Every night the website erases whatever has passed its period.</p>"),
    block(
        "cookies",
        "Cookies",
        "<p>If you only read this site, you get no cookies. If you open a form, you get one, for the safety of that form. "
        "There are no trackers, no statistics by others and no adverts.</p>",
    ),
    block("security", "How we keep data safe"),
    block("automated", "Decisions by a computer"),
    block("rights", "Your rights"),
    block("complaint", "A complaint"),
    block(
        "text",
        "Changes",
        "<p>When something changes in what we do with data, there will be a new version of this statement, with a number and a "
        "date. If a change matters, we tell you by email. The old versions stay readable.</p>",
    ),
]


def load_words() -> None:
    """Write the English words beside the Dutch ones; to be called once, after the register is filled."""
    for name, rows in WORDS.items():
        model = apps.get_model("privacy_register", name)
        for key, words in rows.items():
            model._default_manager.filter(key=key).update(**_columns(words))
    for name, words in COOKIES.items():
        Cookie.objects.filter(name=name).update(**_columns(words))
    RetentionRule.objects.update(owner_en="the owner")
    Controller.objects.update(**_columns(CONTROLLER))


def load_statement(source: PrivacyStatementPage) -> PrivacyStatementPage:
    """Make the English statement and let it go live; it binds nobody until the Dutch one does.

    Args:
        source: the Dutch statement, not published yet; the home page above it is translated already.
    """
    page: PrivacyStatementPage = source.copy_for_translation(Locale.objects.get(language_code="en"))
    page.title, page.body = "Privacy statement", BODY
    page.search_description = "What Koel ICT keeps of you, what for, how long, and what your rights are."
    page.save_revision().publish()
    return page


def _columns(words: dict[str, Any]) -> dict[str, Any]:
    return {f"{field}_en": text for field, text in words.items()}
