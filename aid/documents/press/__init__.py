"""The only place that knows WeasyPrint and PDF."""
