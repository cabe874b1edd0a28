"""Lessons: actions that a user taught a bundle, kept as plain files and run beside its own heads.

A lesson is a folder with ``manifest.json``, ``weights.safetensors`` and ``takes.safetensors``. It
extends one bundle and is named with it: ``default+kitchen`` is the bundle ``default`` with the
lesson ``kitchen``, wherever a bundle can be named.
"""
