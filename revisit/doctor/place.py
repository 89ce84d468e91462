"""Where a SQLite file lies: who else can read it, and whether a program copies it while we write."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from revisit.doctor.finding import Patient, Said, ok, warning
from revisit.i18n import N_, _

SYNCHRONISED = (
    "dropbox", "onedrive", "icloud", "mobile documents", "com~apple~clouddocs", "google drive", "googledrive", "my drive",
    "box sync", "nextcloud", "owncloud", "pcloud", "megasync", "syncthing", "resilio", "seafile", "yandex.disk",
    "nutstore", "坚果云", "baidusyncdisk", "baidunetdisk", "百度网盘", "百度云", "阿里云盘", "aliyundrive", "腾讯微云",
    "微云同步", "weiyun", "wpsdrive", "wps云盘", "wps网盘", "360云盘", "天翼云盘", "夸克网盘", "联想云盘", "同步盘",
)  # fmt: skip
"""How the folders of such programs are called; a name that begins so counts ("OneDrive - Hongyuan")."""
MARKS = (".dropbox", ".dropbox.cache", ".stfolder", ".sync", ".owncloudsync.log", ".nutstore")
"""What they leave in the folder they keep."""
OWN = N_("work with the account that owns the file, or change its owner")
CLOSE = N_("take the rights of others away: chmod 600 on the file")
MOVE = N_("keep the file in a folder of your own")
ELSEWHERE = N_("keep the file in a folder that is not synchronised, or use a PostgreSQL server for a team")


def modes(patient: Patient) -> Said:
    """Only the owner can read the file, and nobody else can put files beside it."""
    if patient.path is None:
        return ok(_("a server: who may read is settled there"))
    if os.name == "nt":
        return ok(_("not judged on this system"))
    path = patient.path.resolve()
    found, folder = path.stat(), path.parent.stat()
    params = {"path": path, "folder": path.parent, "mode": f"{stat.S_IMODE(found.st_mode):04o}"}
    if os.geteuid() not in (0, found.st_uid):
        return warning(_("{path} belongs to another account").format(**params), OWN)
    if found.st_mode & 0o077:
        return warning(_("others can open {path} (mode {mode})").format(**params), CLOSE)
    if folder.st_mode & stat.S_IWOTH:
        return warning(_("everybody can put files into {folder}").format(**params), MOVE)
    return ok(_("only the owner can open the file (mode {mode})").format(**params))


def synchronised_folder(patient: Patient) -> Said:
    """No program copies the file to other computers while we write."""
    if patient.path is None:
        return ok(_("a server: nothing is copied"))
    found = synchronised(patient.path)
    if found is not None:
        why = _("{folder} is kept in step with other computers; a copy made while somebody works is damaged")
        return warning(why.format(folder=found), ELSEWHERE)
    return ok(_("no folder above the file is known to be synchronised"))


def synchronised(path: Path) -> Path | None:
    """The folder above a file that is known to be synchronised: by its name or by what its program left there."""
    for folder in (path.absolute().parent, path.resolve().parent):
        for one in (folder, *folder.parents):
            if one.name.casefold().lstrip(".我的 ").startswith(SYNCHRONISED) or any(
                (one / mark).exists() for mark in MARKS
            ):
                return one
    return None
