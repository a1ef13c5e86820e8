/** La puerta del módulo cliente. */

export { ObtenerHistorial, obtenerHistorial, type QueryCliente } from './aplicacion/obtener_historial.ts'
export { anotarReservaCreada, seguirReservas } from './infraestructura/consumidores.ts'
export { buscarHistorial, migracionesCliente, sumaHistorial } from './infraestructura/historial.ts'
