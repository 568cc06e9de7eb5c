"""MTConnect documents as XML to rows."""
