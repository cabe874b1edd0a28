"""A memory for each person: what somebody does, beside what goes on in the whole picture."""

from engine.persons.memory import PersonMemory, PersonsState
from engine.persons.model import PersonModel, load_person_model, tells_people_apart

__all__ = ["PersonMemory", "PersonModel", "PersonsState", "load_person_model", "tells_people_apart"]
