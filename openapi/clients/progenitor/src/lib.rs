//! The client, which progenitor makes of the document while this is compiled.

progenitor::generate_api!(spec = "scm-3.0.json", interface = Builder);
