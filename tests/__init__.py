"""Regular, not a namespace: Hershey-Fonts installs a package of the same name."""
