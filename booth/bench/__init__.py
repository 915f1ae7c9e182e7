"""What the booth costs on this machine: the reference of the tutorials, each method, the whole house."""
