"""The registry of deviations: lawful twins and single faults, by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import ClassVar, Literal, TypeAlias, TypeVar

from reference.server import ReferenceServer
from reference.settings import Settings, SettingsError

Level: TypeAlias = Literal["MUST", "SHOULD"]
Need: TypeAlias = Literal[
    "api-key",  # a server that has one
    "no-api-key",  # a server that has none
    "empty-account",  # no order is there at the start
    "many-orders",  # more orders than anybody reads in one go
    "some-orders",  # more orders than stand on a few pages
    "shipping-options",  # it is known which options there are
    "existing-ids",  # it is known what exists, without a look at the list
    "generated-input",  # more input than anybody writes down
]
"""Circumstances without which a deviation does not show."""


class Deviation(ReferenceServer):
    """Base of every deviation: overrides a few points and leaves the rest to `super()`."""

    deviation: ClassVar["Twin | Fault"]
    """Its entry in the registry."""


@dataclass(frozen=True)
class Twin:
    """A lawful way to be different."""

    name: str
    cls: type[Deviation]
    earns: Mapping[str, str] = field(default_factory=dict)
    """The SHOULD requirements it warns about, each with the reason."""
    needs: tuple[Need, ...] = ()
    """The circumstances in which it is worth a look."""

    @property
    def summary(self) -> str:
        """Return its first line of documentation."""
        return _first_line(self.cls)


@dataclass(frozen=True)
class Fault:
    """One bug."""

    name: str
    cls: type[Deviation]
    breaks: tuple[str, ...]
    """The requirements that have to fail."""
    level: Level
    category: str
    also: Mapping[str, str] = field(default_factory=dict)
    """Further requirements that may fail with them, each with the reason."""
    needs: tuple[Need, ...] = ()
    """The circumstances without which it does not show."""

    @property
    def summary(self) -> str:
        """Return its first line of documentation."""
        return _first_line(self.cls)


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]


_D = TypeVar("_D", bound=type[Deviation])


def twin(
    name: str, *, earns: Mapping[str, str] | None = None, needs: Sequence[Need] = ()
) -> Callable[[_D], _D]:
    """Mark a class as the lawful twin of this name."""

    def mark(cls: _D) -> _D:
        cls.deviation = Twin(name, cls, earns or {}, tuple(needs))
        return cls

    return mark


def fault(
    name: str,
    *,
    breaks: list[str],
    level: Level,
    category: str,
    also: Mapping[str, str] | None = None,
    needs: Sequence[Need] = (),
) -> Callable[[_D], _D]:
    """Mark a class as the fault of this name."""

    def mark(cls: _D) -> _D:
        cls.deviation = Fault(name, cls, tuple(breaks), level, category, also or {}, tuple(needs))
        return cls

    return mark


def _found_in(package_name: str) -> list[Twin | Fault]:
    """Return the marked classes of a package, in the sequence of module and line."""
    package = import_module(package_name)
    found: list[Twin | Fault] = []
    for module_info in iter_modules(package.__path__, package_name + "."):
        for value in vars(import_module(module_info.name)).values():
            if isinstance(value, type) and "deviation" in vars(value):
                entry: Twin | Fault = vars(value)["deviation"]
                if value.__module__ == module_info.name and entry not in found:
                    found.append(entry)
    names = [entry.name for entry in found]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two deviations are called {name}")
    return found


def all_twins() -> dict[str, Twin]:
    """Return every lawful twin by name."""
    return {entry.name: entry for entry in _found_in("reference.twins") if isinstance(entry, Twin)}


def all_faults() -> dict[str, Fault]:
    """Return every fault by name."""
    return {
        entry.name: entry for entry in _found_in("reference.faults") if isinstance(entry, Fault)
    }


def server_class(settings: Settings) -> type[ReferenceServer]:
    """Return the server class with the twins and faults of the settings mixed in."""
    bases: list[type[ReferenceServer]] = []
    if settings.faults:
        faults = all_faults()
        for name in dict.fromkeys(settings.faults):
            if name not in faults:
                raise SettingsError(f"unknown fault {name!r} (--list-faults shows all)")
            bases.append(faults[name].cls)
    if settings.twins:
        twins = all_twins()
        for name in dict.fromkeys(settings.twins):
            if name not in twins:
                raise SettingsError(f"unknown twin {name!r} (--list-twins shows all)")
            bases.append(twins[name].cls)
    if not bases:
        return ReferenceServer
    return type("DeviatingServer", (*bases, ReferenceServer), {})
