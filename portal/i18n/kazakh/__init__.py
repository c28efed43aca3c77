"""Kazakh as one language in three scripts: conversion, stems and keys, all of it pure functions.

Texts are written and stored in Cyrillic. Latin and Arabic are made from that and never stored, and
searching folds all three, and what people type without Kazakh letters, into one key.
"""
