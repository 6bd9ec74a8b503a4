// Everything a program needs, by one import.

@_exported public import AttendCheckpoints
@_exported public import AttendFigures
@_exported public import AttendGeneration
@_exported public import AttendLayers
@_exported public import AttendModels
@_exported public import AttendTensors
@_exported public import AttendText
@_exported public import AttendTraining
