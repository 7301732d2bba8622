"""The words of the demo's own pages in English: what `pages` says, in our own sentences again."""

from wagtail.models import Page

from .pages import Stream

HOME_TITLE = "Koel ICT"
HOME_SEO_TITLE = "Websites, built and hosted"
HOME_DESCRIPTION = "Koel ICT builds and hosts websites, and is sparing with your data."


def home_body(*, about: Page, contact: Page, privacy: Page, work: Page) -> Stream:
    """Return the blocks of the home page, with links to these pages."""
    return [
        (
            "opening",
            {
                "heading": "A cool head for your website",
                "text": (
                    "Koel ICT builds websites and keeps them online. We listen first, tell you honestly what you need and "
                    "what you do not, and then do it properly."
                ),
                "first_link": {"text": "Ask us a question", "page": contact},
                "second_link": {"text": "How we work", "page": about},
            },
        ),
        (
            "services",
            {
                "heading": "What we do for you",
                "text": (
                    "A good website is calm to read, quick to load and easy to keep up to date. We see to that, from the "
                    "first talk until long after the launch."
                ),
                "services": [
                    {
                        "symbol": "build",
                        "heading": "Building websites",
                        "text": (
                            "<p>We make your website from beginning to end: the layout, the technology and the finishing "
                            "touches. You can watch it grow.</p>"
                        ),
                    },
                    {
                        "symbol": "host",
                        "heading": "Hosting websites",
                        "text": (
                            "<p>Your website needs a place where it can always be found. We arrange that place, and you have "
                            "one person to turn to for everything.</p>"
                        ),
                    },
                    {
                        "symbol": "advice",
                        "heading": "A specialist when needed",
                        "text": (
                            "<p>Does your plan call for knowledge that we do not have? Then we suggest another specialist. You "
                            "decide whether they join in.</p>"
                        ),
                    },
                ],
            },
        ),
        (
            "work",
            {
                "heading": "What we make",
                "text": "Our own site, and two examples of how we work.",
                "index": work,
                "link_text": "See all our work",
            },
        ),
        (
            "promises",
            {
                "heading": "What we promise about your data is what this site does",
                "text": (
                    "<p>Our privacy statement is not small print added afterwards. What the form asks, and what we keep and "
                    "erase, is exactly what it says.</p>"
                ),
                "promises": [
                    {
                        "heading": "Read in peace",
                        "text": (
                            "No cookies, no trackers, nobody watching. Only a form sets a cookie, for "
                            "as long as your browser is open, so that you can send it safely."
                        ),
                    },
                    {
                        "heading": "Your consent first",
                        "text": (
                            "When you send us a message through the form, we ask whether we may keep it. The choice is "
                            "yours, and you can change your mind at any time."
                        ),
                    },
                    {
                        "heading": "We do not keep it for ever",
                        "text": (
                            "Everything we keep has an end date. On that date the site itself erases the messages that came "
                            "through it; nobody has to remember."
                        ),
                    },
                    {
                        "heading": "You can see it all",
                        "text": "Just ask what we hold about you. You always get an answer, and it costs nothing.",
                    },
                ],
                "link": {"text": "Read the whole privacy statement", "page": privacy},
            },
        ),
        (
            "call",
            {
                "heading": "A plan, a question, or a website that keeps breaking?",
                "text": "Tell us in your own words. A few sentences are enough to start with.",
                "link": {"text": "Go to the contact form", "page": contact},
            },
        ),
    ]


ABOUT_TITLE, ABOUT_SLUG = "About us", "about"
ABOUT_DESCRIPTION = "Who Koel ICT is and how we go about an assignment."
ABOUT_INTRO = "Koel ICT is a small Dutch web company. We build websites for our clients and host them as well."


def about_body(*, contact: Page, privacy: Page) -> Stream:
    """Return the text of "About us"."""
    sections = {
        "Small, and that helps": (
            "<p>Koel ICT is a sole proprietorship. You will find us in the Dutch trade register under number 57680701. "
            "Being small keeps things direct: the person who reads your question also knows how your website is built.</p>"
        ),
        "How we go about an assignment": (
            "<ol><li><b>Talk first.</b> What should the website do, and for whom? Sometimes the answer is smaller than you "
            "thought.</li>"
            "<li><b>Then agree.</b> You get a proposal that says what we will make and what it costs. We only start when you "
            "say yes.</li>"
            "<li><b>Build and show.</b> You follow along, so that there are no surprises at the end.</li>"
            "<li><b>Online, and after.</b> If you host with us, we stay your contact after the website has gone live.</li></ol>"
        ),
        "Careful with what you entrust to us": (
            "<p>For our work we are sometimes given the keys to your website: a login, files, data of your own customers. We "
            "are careful with those. So please do not send login details through the "
            f'<a linktype="page" id="{contact.pk}">contact form</a>; we agree on a safer way with you.</p>'
            "<p>If we ask another specialist for help, we talk to you about it first.</p>"
            f'<p>The details are in our <a linktype="page" id="{privacy.pk}">privacy statement</a>.</p>'
        ),
        "Showing what we make": (
            "<p>When we have made a good website, we are proud of it and like to talk about it. Whether we may show yours "
            "is up to you.</p>"
        ),
    }
    return [("section", {"heading": heading, "text": text}) for heading, text in sections.items()]


TERMS_TITLE, TERMS_SLUG = "Terms and conditions", "terms-and-conditions"
TERMS_DESCRIPTION = "The terms that apply when you give Koel ICT an assignment, in plain language."
TERMS_INTRO = (
    "These are the terms that apply when you give us an assignment. In plain language, so that you know where you stand. This "
    "is a translation; the Dutch text prevails."
)


def terms_body(*, contact: Page, privacy: Page) -> Stream:
    """Return the general terms; what the Dutch ones say, clause by clause."""
    sections = {
        "1. When these terms apply": (
            "<p>These terms belong to every offer of Koel ICT and to every assignment that you give us. You get them together "
            "with the offer, so that you can read them before you say yes. If we agree on something else together, we put "
            "that in writing and it takes precedence.</p>"
            "<p>If you are a consumer, you keep all rights that the law gives you. No sentence in these terms changes that.</p>"
        ),
        "2. Offer and assignment": (
            "<p>The offer says what we make or do, what it costs and how long it is valid. The assignment begins when you "
            "agree in writing; an email will do. If you want something else or something more along the way, we first say "
            "what that means for the price and the schedule. We go on only when you agree.</p>"
        ),
        "3. What you may expect of us": (
            "<p>We work with care and good craftsmanship. We keep you informed and tell you in time when something does not "
            "work out. A date in the schedule is a target, unless we have expressly promised it. If we miss a promised "
            "date, you give us, in writing, a reasonable time to finish after all. If that fails too, you may end the "
            "assignment.</p>"
        ),
        "4. What we need from you": (
            "<p>For our work we need things from you: texts, pictures, access to systems, answers. If they come later, the "
            "schedule shifts with them. Make sure that you may use the texts and pictures that you hand us.</p>"
        ),
        "5. Checking and delivery": (
            "<p>When the work is done, we ask you to check it. If something is not as agreed, we fix it at no extra cost. If "
            "you find a fault later that was there at delivery, tell us as soon as you can; we solve that as well.</p>"
        ),
        "6. Price and payment": (
            "<p>With each price we say whether it includes VAT; for consumers it always does. The invoice says by which date "
            "you pay. If you cannot pay in time, call or email us. If you do not pay, we first send a reminder "
            "free of charge. After that we may charge the statutory interest and the statutory costs of collection.</p>"
        ),
        "7. Hosting": (
            "<p>If you host your website with us, we do what is reasonable to keep it reachable and safe. Nobody can promise "
            "that there will never be a failure. We announce planned maintenance beforehand if you will notice it. You do not "
            "use the hosting for anything illegal or harmful to others. Should that happen, we may take the website offline "
            "for the time being, and we tell you at once why.</p>"
        ),
        "8. What belongs to whom": (
            "<p>What you hand us remains yours. What we make especially for you, you may use and change after payment for as "
            "long as you like, with another company too. Building blocks that we use for several clients remain ours; you may "
            "keep using them in your website. Software by others comes with its maker’s own licence.</p>"
        ),
        "9. Confidentiality and personal data": (
            "<p>What we learn of each other and what is confidential we keep to ourselves, also after the assignment. You can "
            f'read how we treat your data in our <a linktype="page" id="{privacy.pk}">privacy statement</a>. If we work for '
            "you with data of your own customers, we sign a data processing agreement before we begin.</p>"
        ),
        "10. If we cause damage": (
            "<p>If we fail to do something or do it badly, we first get the chance to put it right, if that is still possible "
            "and can be asked of you. If you still suffer damage through our fault, we compensate you for it.</p>"
            "<p>If you give the assignment for your business or profession, we pay at most the amount of the assignment, or "
            "for continuing work what you paid in the twelve months before. That limit does not apply to "
            "intent or conscious recklessness, to injury, or where the law forbids a limit. Rights that people have under "
            "privacy law always remain whole.</p>"
            "<p>For consumers there is no limit of ours here, just the law.</p>"
        ),
        "11. Force majeure": (
            "<p>Sometimes one of us cannot perform without being able to help it, for instance through a large failure out of "
            "our reach. The obligation then waits until it is possible again. If that takes so long that waiting is no longer "
            "reasonable, either of us may stop. You then pay only for what is done already and is of use to you.</p>"
        ),
        "12. Ending an agreement": (
            "<p>You can end continuing agreements such as hosting every month, with a notice of one month. Our own notice is "
            "three months, so that you have time to move. When you leave you take your files with you, and we help with the "
            "move.</p>"
            "<p>If you buy at a distance as a consumer, you usually have fourteen days to change your mind. We tell you so "
            "with the offer.</p>"
        ),
        "13. Changing these terms": (
            "<p>If we change these terms, the new ones apply to new assignments. For an agreement that is still running we "
            "tell you at least "
            "a month ahead. If you do not agree, the old ones keep applying to that agreement, or you may end it at no "
            "cost.</p>"
        ),
        "14. Not satisfied?": (
            f'<p>Tell us, for instance through <a linktype="page" id="{contact.pk}">the contact form</a>. We usually work '
            "it out together. If not, you can go to court. Dutch law applies to our agreements; if you are a consumer "
            "living in another country, you also keep the protection of its law.</p>"
        ),
    }
    return [("section", {"heading": heading, "text": text}) for heading, text in sections.items()]
