"""`python -m explorer`: see `explorer.commands.main`."""

from explorer.commands.main import main

raise SystemExit(main())
