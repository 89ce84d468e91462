"""`revisit staff` and `revisit department`: who works here, in which post, with which role."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from revisit import access, departments, form_words, posts, render, staff, wording
from revisit.commands.options import LOGIN_METAVAR, Command, JsonOption, add_group, context_of
from revisit.context import Unit
from revisit.departments import Department
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _
from revisit.policy.machines import DUTIES
from revisit.render import Column
from revisit.staff import Person

VIEW = (
    Column("login", N_("Login")),
    Column("name", N_("Name")),
    Column("role", N_("Role")),
    Column("post", N_("Post")),
    Column("department", N_("Department")),
    Column("ability", N_("Ability"), right=True),
    Column("customers", N_("Customers"), right=True),
)
FORMER = Column("active", N_("Works here"))
DEPARTMENTS = (
    Column("name", N_("Department")),
    Column("staff", N_("Staff"), right=True),
    Column("duty", N_("Duty")),
    Column("active", N_("In use")),
)
WITHOUT_DUTY = tuple(column for column in DEPARTMENTS if column.key != "duty")

LoginArgument = Annotated[str, typer.Argument(metavar=LOGIN_METAVAR, help=_("The login of the person."))]
NameOption = Annotated[str | None, typer.Option("--name", metavar=_("NAME"), help=_("The person's name."))]
PostOption = Annotated[
    str | None, typer.Option("--post", metavar=_("POST"), help=_("Title of the post; the role follows from it."))
]
RoleOption = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar=_("ROLE"),
        help=_("What the person may do: {roles}.").format(roles=", ".join(posts.ROLES)),
    ),
]
DepartmentOption = Annotated[
    str | None, typer.Option("--department", metavar=_("NAME"), help=_("The department; it has to be there already."))
]
AbilityOption = Annotated[
    str | None,
    typer.Option("--ability", metavar=_("FACTOR"), help=_("Weight for the work allocated: 1 as everybody, 1.2, 80%.")),
]
DutyOption = Annotated[
    str | None,
    typer.Option(
        "--duty", metavar=_("DUTY"), help=_("Its part of every complaint: {duties}.").format(duties=", ".join(DUTIES))
    ),
]
DepartmentArgument = Annotated[str, typer.Argument(metavar=_("NAME"), help=_("The name of the department."))]


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    people = add_group(app, "staff", _("Who works here: add, change, deactivate, list."))
    people.command("add", cls=Command, help=_("A new person with a login."))(add)
    people.command("change", cls=Command, help=_("Change what is kept of a person."))(change)
    people.command("deactivate", cls=Command, help=_("A person no longer works here; everything they did stays."))(
        deactivate
    )
    people.command("list", cls=Command, help=_("Everybody with post, role, department and number of customers."))(list_)
    rooms = add_group(app, "department", _("The departments: add, rename, close, list."))
    rooms.command("add", cls=Command, help=_("A new department, or a closed one that is opened again."))(add_department)
    rooms.command("change", cls=Command, help=_("Give a department its part of every complaint, or take it away."))(
        change_department
    )
    rooms.command("rename", cls=Command, help=_("Another name for a department."))(rename_department)
    rooms.command("close", cls=Command, help=_("A department that takes nobody any more."))(close_department)
    rooms.command("list", cls=Command, help=_("The departments, and how many people work in each."))(list_departments)


def add(
    ctx: typer.Context,
    login: LoginArgument,
    name: NameOption = None,
    post: PostOption = None,
    role: RoleOption = None,
    department: DepartmentOption = None,
    ability: AbilityOption = None,
) -> None:
    """Administrators only. Without post and role: a representative."""
    wanted = _wanted(login=login, name=name or login, post=post, role=role, ability=ability)
    with context_of(ctx).unit() as unit:
        _begin(unit)
        staff.refuse_taken_login(unit.sql, wanted["login"])
        wanted["role"] = posts.role_following(role, _post(post, role))
        if department:
            wanted["department_id"] = departments.get_department(unit.sql, department).id
        staff.add_staff(unit.session, **wanted, at=unit.now)
        made = staff.get_person(unit.sql, wanted["login"])
    render.tell(_("Added: {person}").format(person=_in_words(made)))


def change(
    ctx: typer.Context,
    login: LoginArgument,
    new_login: Annotated[
        str | None, typer.Option("--login", metavar=LOGIN_METAVAR, help=_("Another login for the person."))
    ] = None,
    name: NameOption = None,
    post: PostOption = None,
    role: RoleOption = None,
    department: DepartmentOption = None,
    ability: AbilityOption = None,
    active: Annotated[bool, typer.Option("--active", help=_("The person works here again."))] = False,
    keep_customers: Annotated[
        bool, typer.Option("--keep-customers", help=_("Also if the new role has no customers of its own."))
    ] = False,
) -> None:
    """Only what is named is changed; an empty text takes post or department away. Administrators only."""
    wanted = _wanted(login=new_login, name=name, post=post, role=role, ability=ability)
    if active:
        wanted["active"] = True
    if not wanted and department is None:
        raise WrongUsage(N_("there is nothing to change"), N_("name what is to be another: --name, --post, --role, …"))
    with context_of(ctx).unit() as unit:
        _begin(unit)
        person = staff.get_person(unit.sql, login)
        if new_login is not None:
            staff.refuse_taken_login(unit.sql, wanted["login"], except_id=person.id)
        given = _post(post, role) if wanted.get("post", person.post) != person.post else None
        wanted["role"] = posts.role_following(role, given, person.role)
        if department is not None:
            wanted["department_id"] = departments.get_department(unit.sql, department).id if department else None
        _change(unit, person, wanted, keep_customers=keep_customers)
        now = staff.get_person(unit.sql, wanted.get("login", person.login))
    render.tell(_("Changed: {person}").format(person=_in_words(now)) if now != person else _("Nothing to change."))
    if given and given.role != now.role and not role:
        render.note(_("{login} stays {role}: name --role to change that.").format(
            login=render.safe(now.login), role=wording.word(now.role)
        ))  # fmt: skip


def deactivate(
    ctx: typer.Context,
    login: LoginArgument,
    keep_customers: Annotated[
        bool, typer.Option("--keep-customers", help=_("The customers stay for now; due --unassigned shows them."))
    ] = False,
) -> None:
    """Nobody deactivates oneself, nor the last administrator. Administrators only."""
    with context_of(ctx).unit() as unit:
        _begin(unit)
        person = staff.get_person(unit.sql, login)
        if not person.active:
            raise Refused(N_("{login} no longer works here already"), N_("look: revisit staff list --all"), login=login)
        _change(unit, person, {"active": False}, keep_customers=keep_customers)
    render.tell(
        _("{login} {name} no longer works here; what was recorded stays.").format(
            login=render.safe(person.login), name=render.safe(person.name)
        )
    )
    if person.customers:
        render.note(
            _("{count} customers still belong to {login}: revisit assign --from {login} --to LOGIN").format(
                count=person.customers, login=render.safe(person.login)
            )
        )


def list_(
    ctx: typer.Context,
    everybody: Annotated[bool, typer.Option("--all", help=_("Also those who no longer work here."))] = False,
    as_json: JsonOption = False,
) -> None:
    """In the order in which they were added."""
    with context_of(ctx).reading() as (sql, _company):
        people = staff.list_people(sql, former=everybody)
    if as_json:
        names = ("login", "name", "role", "post", "department", "ability", "active", "customers")
        render.as_json({"staff": [{name: getattr(one, name) for name in names} for one in people]})
        return
    known = posts.load_posts()
    rows = [_line(one) | {"post": posts.shown_post(known, one.post)} for one in people]
    render.table(rows, (*VIEW, FORMER) if everybody else VIEW)


def add_department(ctx: typer.Context, name: DepartmentArgument, duty: DutyOption = None) -> None:
    """Administrators only."""
    wanted, carries = _clean(name, N_("the department needs a name")), _duty(duty)
    with context_of(ctx).unit() as unit:
        _begin(unit)
        known = departments.find_department(unit.sql, wanted)
        if known is None:
            departments.add_department(unit.session, wanted, duty=carries or "")
        elif known.active:
            raise Refused(
                N_("there is a department {name} already"), N_("look: revisit department list"), name=known.name
            )
        else:
            departments.set_active(unit.session, unit.sql, known, True)
            if carries is not None:
                departments.set_duty(unit.session, unit.sql, known, carries)
    told = _("The department {name} is added.") if known is None else _("The department {name} is open again.")
    render.tell(told.format(name=render.safe(known.name if known else wanted)))


def change_department(ctx: typer.Context, name: DepartmentArgument, duty: DutyOption = None) -> None:
    """An empty text takes the duty away. Where no department carries one, whoever is concerned does it. Administrators only."""
    carries = _duty(duty)
    if carries is None:
        raise WrongUsage(N_("there is nothing to change"), N_("name the duty: --duty marketing"))
    with context_of(ctx).unit() as unit:
        _begin(unit)
        known = departments.get_department(unit.sql, name)
        departments.set_duty(unit.session, unit.sql, known, carries)
    told = (
        _("The department {name} has this part of every complaint: {duty}.")
        if carries
        else _("The department {name} has no duty in complaints.")
    )
    render.tell(told.format(name=render.safe(known.name), duty=form_words.duty(carries)))


def rename_department(
    ctx: typer.Context,
    name: DepartmentArgument,
    new: Annotated[str, typer.Argument(metavar=_("NEW"), help=_("Its new name."))],
) -> None:
    """Administrators only."""
    wanted = _clean(new, N_("the department needs a name"))
    with context_of(ctx).unit() as unit:
        _begin(unit)
        known = departments.get_department(unit.sql, name, closed=True)
        departments.rename_department(unit.session, unit.sql, known, wanted)
    render.tell(
        _("The department {name} is called {new} now.").format(name=render.safe(known.name), new=render.safe(wanted))
    )


def close_department(ctx: typer.Context, name: DepartmentArgument) -> None:
    """Refused while people work there. Administrators only."""
    with context_of(ctx).unit() as unit:
        _begin(unit)
        known = departments.get_department(unit.sql, name)
        departments.set_active(unit.session, unit.sql, known, False)
    render.tell(_("The department {name} is closed.").format(name=render.safe(known.name)))


def list_departments(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """In the order in which they were added."""
    with context_of(ctx).reading() as (sql, _company):
        found = departments.list_departments(sql)
    if as_json:
        render.as_json({"departments": [_as_document(one) for one in found]})
    elif found:
        shown = [
            _as_document(one) | {"active": _yes(one.active), "duty": form_words.duty(one.duty) if one.duty else ""}
            for one in found
        ]
        render.table(shown, DEPARTMENTS if any(one.duty for one in found) else WITHOUT_DUTY)
    else:
        render.tell(_("There is no department yet: revisit department add NAME"))


def _begin(unit: Unit) -> None:
    """What every change of the staff begins with: it is allowed, and nobody else changes it meanwhile."""
    access.require_role(unit.actor, "staff")
    staff.lock(unit.sql)


def _wanted(
    *, login: str | None, name: str | None, post: str | None, role: str | None, ability: str | None
) -> dict[str, Any]:
    """What a person is to be, as it is kept; what was not named is left out. Raises WrongUsage."""
    wanted: dict[str, Any] = {}
    if login is not None:
        login = login.strip()
        problem = staff.login_problem(login)
        if problem:
            raise WrongUsage(problem, N_("write for example wang or li.mei"), login=login)
        wanted["login"] = login
    if name is not None:
        wanted["name"] = _clean(name, N_("the person needs a name"))
    if role is not None:
        if role not in posts.ROLES:
            raise WrongUsage(
                N_("there is no role {role}"), N_("roles: {roles}"), role=role, roles=wording.words(posts.ROLES)
            )
        wanted["role"] = role
    if post is not None:
        known = _post(post, role)
        wanted["post"] = known.id if known else _clean(post)
    if ability is not None:
        wanted["ability_percent"] = _percent(ability)
    return wanted


def _post(name: str | None, role: str | None) -> posts.Post | None:
    """The post that is called so. Raises WrongUsage for an unknown one, unless a role is told besides."""
    if not name:
        return None
    known = posts.load_posts()
    found = posts.find_post(known, name)
    if found is None and role is None:
        raise WrongUsage(
            N_("there is no post {post}"),
            N_("posts: {posts}; or name a role for it: --role ROLE"),
            post=name,
            posts=", ".join(one.shown for one in known),
        )
    return found


def _percent(text: str) -> int:
    from revisit.intake import cells

    try:
        found = cells.factor(text)
    except cells.CellError as error:
        raise WrongUsage(error.template, N_("write for example 1.2 or 120%"), **error.params) from error
    if found is None:
        raise WrongUsage(N_("the ability is missing"), N_("write for example 1.2 or 120%"))
    return found


def _duty(text: str | None) -> str | None:
    """The duty that is meant, as it is typed or as it is called. Raises WrongUsage."""
    if not text:
        return text
    known = {text_: code for code in DUTIES for text_ in (code, form_words.duty(code))}
    if text.strip() not in known:
        raise WrongUsage(N_("{word} is not known here"), N_("known are: {known}"), word=text, known=", ".join(DUTIES))
    return known[text.strip()]


def _clean(text: str, missing: str = "") -> str:
    """A name as one line without invisible characters. Raises WrongUsage with `missing` where nothing is left."""
    from revisit.intake.cells import clean

    found = clean(text)
    if missing and not found:
        raise WrongUsage(missing, N_("write it after the command"))
    return found


def _change(unit: Unit, person: Person, wanted: dict[str, Any], *, keep_customers: bool) -> None:
    administrators = sum(one.role == "administrator" for one in staff.list_people(unit.sql))
    problem = staff.problem_with(
        person, wanted, administrators=administrators, actor_id=unit.actor.id, keep_customers=keep_customers
    )
    if problem is not None:
        raise Refused(problem.message, problem.remedy, **problem.params)
    staff.change_staff(unit.session, unit.sql, person, wanted)


def _in_words(person: Person) -> str:
    known = posts.load_posts()
    parts = [wording.word(person.role), posts.shown_post(known, person.post), person.department]
    named = person.login if person.name == person.login else f"{person.login} {person.name}"
    return render.safe(wording.listed([named, *filter(None, parts)]))


def _line(person: Person) -> dict[str, Any]:
    return {
        "login": person.login,
        "name": person.name,
        "role": wording.word(person.role),
        "department": person.department,
        "ability": f"{person.ability:g}",
        "customers": person.customers,
        "active": _yes(person.active),
    }


def _as_document(department: Department) -> dict[str, Any]:
    return {
        "name": department.name,
        "staff": department.staff,
        "active": department.active,
        "duty": department.duty or None,
    }


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")
