"""Bringing spreadsheets in: sheets → columns → typed cells → records → one transaction → receipt."""
