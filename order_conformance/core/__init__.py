"""Words and small tools that every part uses. Imports no other package of ours."""
