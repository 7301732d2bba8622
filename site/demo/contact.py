"""The demo's contact form, in both languages: the same questions for the same purposes."""

from dataclasses import dataclass

from wagtail.models import Locale, Page

from contact.models import ContactPage, FormField, FormPurpose
from privacy.register.models import DataCategory, Purpose

#: Name, kind, whether it must be answered, kind of data.
FIELDS = [
    ("name", "singleline", False, "name"),
    ("email", "email", True, "contact_details"),
    ("company", "singleline", False, "company"),
    ("phone", "telephone", False, "phone"),
    ("message", "multiline", True, "message"),
]


@dataclass(frozen=True)
class Words:
    """The form in one language; `fields` is name -> question and help."""

    title: str
    description: str
    intro: str
    fields: dict[str, tuple[str, str]]


DUTCH = Words(
    title="Contact",
    description="Stel uw vraag aan Koel ICT. U ziet vooraf wat wij met uw gegevens doen.",
    intro="<p>Stel uw vraag gerust. Onderaan staat wat wij met uw gegevens doen.</p>",
    fields={
        "name": ("Naam", "Dan weten wij hoe wij u mogen aanspreken."),
        "email": ("E-mailadres", "Hierop krijgt u antwoord."),
        "company": ("Bedrijf", "Handig als uw vraag over uw bedrijf gaat."),
        "phone": ("Telefoonnummer", "Als u liever gebeld wordt."),
        "message": ("Uw bericht", "Zet hier geen burgerservicenummer, wachtwoorden of medische gegevens in."),
    },
)
ENGLISH = Words(
    title="Contact",
    description="Ask Koel ICT your question. You see beforehand what we do with your data.",
    intro="<p>Ask us anything. Below you can read what we do with your data.</p>",
    fields={
        "name": ("Name", "So that we know how to address you."),
        "email": ("Email address", "This is where you get our answer."),
        "company": ("Company", "Handy if your question is about your company."),
        "phone": ("Telephone number", "If you would rather be called."),
        "message": ("Your message", "Please do not put your citizen service number, passwords or medical data here."),
    },
)


def load(home: Page, words: Words, *, locale: Locale, same: ContactPage | None = None) -> ContactPage:
    """Make and publish the form below `home`; to be called after the register and the statement.

    Args:
        home: the home page in that language.
        words: the words of it.
        locale: the language.
        same: the form in the source language, of which this is the translation.
    """
    page = ContactPage(
        title=words.title,
        slug="contact",
        show_in_menus=True,
        search_description=words.description,
        intro=words.intro,
        locale=locale,
    )
    if same:
        page.translation_key = same.translation_key
    categories = {row.key: row for row in DataCategory.objects.all()}
    enquiry = Purpose.objects.get(key="enquiry")
    page.form_fields = [
        FormField(
            clean_name=name,
            label=words.fields[name][0],
            field_type=kind,
            required=required,
            help_text=words.fields[name][1],
            category=categories[category],
            purpose=enquiry,
            sort_order=order,
        )
        for order, (name, kind, required, category) in enumerate(FIELDS)
    ]
    page.form_purposes = [
        FormPurpose(purpose=enquiry, required=True, sort_order=0),
        FormPurpose(purpose=Purpose.objects.get(key="newsletter"), required=False, sort_order=1),
    ]
    home.add_child(instance=page)
    page.save_revision().publish()
    return page
