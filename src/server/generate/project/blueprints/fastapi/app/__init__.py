"""{{ (project.description or project.name)|doc }}"""
