"""Options of the commands, one file a family; imported whenever fespin starts, so nothing heavy is."""
