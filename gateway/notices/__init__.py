"""What we write to people: composed here, kept in `outbox.notices`, sent by `duties.notify`."""
