"""The part of a bundle that is run for each person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.backends import create_backend, runs_parts
from engine.backends.graph_part import part_of
from engine.errors import BundleError
from models.spec import HeadKind

if TYPE_CHECKING:
    from engine.backends.base import Backend
    from engine.bundle import Bundle
    from models.spec import HeadSpec, Manifest

_PERSON: Final = "person"


@dataclass(frozen=True, slots=True)
class PersonModel:
    """The encoder with the action heads, loaded into a runtime of its own.

    Attributes
    ----------
    manifest
        Of that part: its state and its heads.
    person_class
        Index of people among the labels of the bundle's box head.
    """

    backend: Backend
    manifest: Manifest
    person_class: int


def tells_people_apart(manifest: Manifest) -> bool:
    """Return whether a bundle finds people and recognises actions."""
    return _PERSON in _class_names(manifest) and bool(_action_heads(manifest))


def load_person_model(bundle: Bundle, backend_name: str, limit: int) -> PersonModel:
    """Load what is run for each person; the caller closes its backend.

    Parameters
    ----------
    limit
        Most people of one frame.

    Raises
    ------
    BundleError
        When the bundle finds no people, or recognises no actions.
    BackendError
        When no runtime can load it.
    """
    # Taught heads look at boxes of the whole picture: they have no part in this.
    bundle = bundle.untaught or bundle
    manifest = bundle.manifest
    names, actions = _class_names(manifest), _action_heads(manifest)
    if not tells_people_apart(manifest):
        lacking = "recognises no actions" if _PERSON in names else "finds no people"
        raise BundleError(
            f"The model {manifest.name!r} {lacking}, so that no person can have a memory.",
            "Choose another one: `longtake bundles` lists them.",
        )
    backend = create_backend(bundle, backend_name, batch=limit, heads=actions)
    part = part_of(manifest, actions) if runs_parts(backend) else manifest
    return PersonModel(backend, part, names.index(_PERSON))


def _class_names(manifest: Manifest) -> list[str]:
    boxes = (head for head in manifest.heads if head.kind is HeadKind.BOXES)
    head = next(boxes, None)
    return [label.en for label in head.labels] if head else []


def _action_heads(manifest: Manifest) -> list[HeadSpec]:
    return [head for head in manifest.heads if head.kind is HeadKind.ACTIONS]
