"""The posts of a company as data (`templates/posts.toml`): how each is called, and which role follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from revisit import alike, resources
from revisit.errors import Refused
from revisit.i18n import N_, language

Role = Literal["representative", "supervisor", "administrator", "approver", "auditor"]
FILE = "posts.toml"
SERVICE_MANAGER = "service-manager"
"""The post whose holder, and whoever stands in for that person, leads every complaint. Clause: P4."""
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Post:
    """A post: `id` is what is kept, `title` how it is shown in each language, `names` what a sheet may call it besides."""

    id: str
    title: Mapping[str, str]
    names: tuple[str, ...]
    role: Role

    @property
    def shown(self) -> str:
        """Its title in the language in use."""
        return self.title[language()]


def load_posts() -> tuple[Post, ...]:
    """The posts of this company. Raises Refused where the file cannot be used."""
    import tomllib

    try:
        posts = tuple(_post(id_, table) for id_, table in tomllib.loads(resources.read_text(FILE)).items())
        _by_name(posts)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise Refused(
            N_("the posts cannot be used: {why}"),
            N_("mend {file} in the company's templates folder: every name belongs to one post"),
            why=error,
            file=FILE,
        ) from error
    return posts


def find_post(posts: Iterable[Post], name: str) -> Post | None:
    """The post that is called so: by its id, its title in either language, or another name."""
    return _by_name(posts).get(alike.word(name))


def shown_post(posts: Iterable[Post], kept: str) -> str:
    """What is kept of a person's post, as it is shown; a text that is none of the posts stays as it is."""
    return next((post.shown for post in posts if post.id == kept), kept)


def role_following(told: str | None, post: Post | None, now: str = "") -> str:
    """The role of somebody: what was told; else that of a post just given; else what it was (`now`), else a representative.

    A post gives a role, but it never takes that of an administrator away: somebody has to say so.
    """
    if told:
        return told
    return post.role if post and now != "administrator" else now or "representative"


def _post(id_: str, table: Mapping[str, object]) -> Post:
    title, names, role = table["title"], table.get("names", []), table["role"]
    if role not in ROLES or not isinstance(title, dict) or not isinstance(names, list):
        raise ValueError(f"{id_}: {role}")
    return Post(id_, {"zh": str(title["zh"]), "en": str(title["en"])}, tuple(map(str, names)), role)


def _by_name(posts: Iterable[Post]) -> dict[str, Post]:
    """Every post by each of its names, folded. Raises ValueError for a name of two posts."""
    found: dict[str, Post] = {}
    for post in posts:
        for name in (post.id, *post.title.values(), *post.names):
            if found.setdefault(alike.word(name), post).id != post.id:
                raise ValueError(f"{name}: {found[alike.word(name)].id}, {post.id}")
    return found
