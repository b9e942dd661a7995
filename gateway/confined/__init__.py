"""Reading what strangers sent, in a process that can only read, with little memory and time."""
