"""What we owe: deliveries to the next hop and notices to people, as rows that survive a crash."""
