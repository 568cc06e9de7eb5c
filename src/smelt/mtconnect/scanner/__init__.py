"""The compiled scanner of MTConnect JSON: what is regular it reads at the speed of memory, the rest it leaves."""
