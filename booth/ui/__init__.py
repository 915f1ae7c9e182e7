"""What a finger sees: QML screens and their view models. Qt lives here and nowhere else."""
