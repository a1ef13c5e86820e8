/** La puerta del módulo: lo único de vuelos que otro módulo o la raíz de composición puede conocer. */

export { CancelacionJson, MOTIVO_POR_DEFECTO } from './aplicacion/comandos/cancelar_reserva.ts'
export { aJson, leerPedido, PedidoJson, ReservaJson } from './aplicacion/dto.ts'
export {
  AprobarReserva,
  CancelarReserva,
  type ComandoVuelos,
  CrearReserva,
  manejadoresVuelos,
  ObtenerReserva,
  PagarReserva,
  type QueryVuelos,
  ReservasCanceladas,
  ReservasNoPagadas,
  respondedoresVuelos,
  TodasReservas,
} from './aplicacion/handlers.ts'
export { clienteDe } from './aplicacion/propiedad.ts'
export type { EventoReserva } from './dominio/eventos.ts'
export { ID_RESERVA } from './dominio/objetos_valor.ts'
export { validarNueva } from './dominio/reglas.ts'
export { atenderComandos } from './infraestructura/consumidores.ts'
export { despachadoresVuelos, solicitudesVuelos } from './infraestructura/despachadores.ts'
export { buscarReserva, buscarReservas } from './infraestructura/lecturas.ts'
export { reservas, resumirReserva } from './infraestructura/repositorios.ts'
export { ComandosReserva } from './infraestructura/schema/v1/comandos.ts'
export { EventosReserva } from './infraestructura/schema/v1/eventos.ts'
export { migracionesVuelos } from './infraestructura/tablas.ts'
