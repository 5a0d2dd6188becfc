"""The registry of deviations: twins, which conform, and faults, which do not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import ClassVar, Literal, TypeAlias, TypeVar

from reference.server import ReferenceServer
from reference.settings import Settings, SettingsError

Level: TypeAlias = Literal["MUST", "SHOULD"]
Need: TypeAlias = Literal[
    "api-key",  # the server has an API key
    "no-api-key",  # the server has no API key
    "empty-account",  # there is no order at the start
    "many-orders",  # too many orders to read the whole list
    "some-orders",  # too many orders for a few pages
    "shipping-options",  # the target file lists the options
    "existing-ids",  # the target file lists the existing ids
    "generated-input",  # only generated requests show it
]
"""What a deviation needs to have any visible effect."""


class Deviation(ReferenceServer):
    """Base of every deviation: overrides a few methods, and calls `super()` for the rest."""

    deviation: ClassVar["Twin | Fault"]
    """Its entry in the registry."""


@dataclass(frozen=True)
class Twin:
    """A variant of the server that behaves differently and conforms."""

    name: str
    cls: type[Deviation]
    earns: Mapping[str, str] = field(default_factory=dict)
    """The SHOULD requirements that it fails, each with the reason."""
    needs: tuple[Need, ...] = ()
    """The circumstances in which it behaves differently."""

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return _first_line(self.cls)


@dataclass(frozen=True)
class Fault:
    """A bug."""

    name: str
    cls: type[Deviation]
    breaks: tuple[str, ...]
    """The requirements that must fail."""
    level: Level
    category: str
    also: Mapping[str, str] = field(default_factory=dict)
    """Other requirements that may fail as a consequence, each with the reason."""
    needs: tuple[Need, ...] = ()
    """The circumstances in which it has an effect."""

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return _first_line(self.cls)


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]


_D = TypeVar("_D", bound=type[Deviation])


def twin(
    name: str, *, earns: Mapping[str, str] | None = None, needs: Sequence[Need] = ()
) -> Callable[[_D], _D]:
    """Register a class as the twin of this name."""

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
    """Register a class as the fault of this name."""

    def mark(cls: _D) -> _D:
        cls.deviation = Fault(name, cls, tuple(breaks), level, category, also or {}, tuple(needs))
        return cls

    return mark


def _found_in(package_name: str) -> list[Twin | Fault]:
    """Return the registered classes of a package, sorted by module and line."""
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
            raise ValueError(f"the name {name} is used twice")
    return found


def all_twins() -> dict[str, Twin]:
    """Return every twin by name."""
    return {entry.name: entry for entry in _found_in("reference.twins") if isinstance(entry, Twin)}


def all_faults() -> dict[str, Fault]:
    """Return every fault by name."""
    return {
        entry.name: entry for entry in _found_in("reference.faults") if isinstance(entry, Fault)
    }


def server_class(settings: Settings) -> type[ReferenceServer]:
    """Return a server class with the twins and faults of the settings."""
    bases: list[type[ReferenceServer]] = []
    if settings.faults:
        faults = all_faults()
        for name in dict.fromkeys(settings.faults):
            if name not in faults:
                raise SettingsError(f"unknown fault {name!r} (see --list-faults)")
            bases.append(faults[name].cls)
    if settings.twins:
        twins = all_twins()
        for name in dict.fromkeys(settings.twins):
            if name not in twins:
                raise SettingsError(f"unknown twin {name!r} (see --list-twins)")
            bases.append(twins[name].cls)
    if not bases:
        return ReferenceServer
    return type("DeviatingServer", (*bases, ReferenceServer), {})
