/** La puerta del módulo: lo único de vuelos que otro módulo o la raíz de composición puede conocer. */

export { CancelacionJson, MOTIVO_POR_DEFECTO } from './aplicacion/comandos/cancelar_reserva.ts'
export {
  AprobarReserva,
  BuscarAeropuertos,
  BuscarItinerarios,
  BuscarPorLocalizador,
  CancelarReserva,
  type ComandoVuelos,
  CotizarCancelacion,
  CrearReserva,
  manejadoresVuelos,
  ObtenerContacto,
  ObtenerReserva,
  PagarReserva,
  type QueryVuelos,
  ReservasCanceladas,
  ReservasNoPagadas,
  respondedoresVuelos,
  TodasReservas,
} from './aplicacion/handlers.ts'
export { destacadosAJson, OfertaJson, ofertaAJson } from './aplicacion/oferta_json.ts'
export { leerPedido, PedidoJson } from './aplicacion/pedido_json.ts'
export { clienteDe } from './aplicacion/propiedad.ts'
export { AeropuertoEncontradoJson, aeropuertoEncontradoAJson } from './aplicacion/queries/buscar_aeropuertos.ts'
export { CotizacionJson } from './aplicacion/queries/cotizar_cancelacion.ts'
export { ContactoSalidaJson } from './aplicacion/queries/obtener_contacto.ts'
export { aJson, ReservaJson } from './aplicacion/reserva_json.ts'
export { comprobarPedido, type Ventas } from './aplicacion/vender.ts'
export { MODOS, type ModoDeAerolinea } from './dominio/aerolinea_simulada.ts'
export type { EventoReserva } from './dominio/eventos.ts'
export { ID_RESERVA } from './dominio/objetos_valor.ts'
export { leerAeropuertos } from './infraestructura/aeropuertos.ts'
export { asientos } from './infraestructura/asientos.ts'
export { atenderComandos } from './infraestructura/consumidores.ts'
export { contactos } from './infraestructura/contactos.ts'
export { despachadoresVuelos, solicitudesVuelos } from './infraestructura/despachadores.ts'
export { horasDeZonas } from './infraestructura/hora_local.ts'
export { buscarReserva, buscarReservas } from './infraestructura/lecturas.ts'
export { ofertasFirmadas } from './infraestructura/ofertas_firmadas.ts'
export { proveedoresSimulados } from './infraestructura/proveedores.ts'
export { reservas, resumirReserva } from './infraestructura/repositorios.ts'
export { conducirReservas, gestorDeReservas } from './infraestructura/sagas.ts'
export { ComandosReserva } from './infraestructura/schema/v1/comandos.ts'
export { EventosReserva } from './infraestructura/schema/v1/eventos.ts'
export { migracionesVuelos, sumasVuelos } from './infraestructura/tablas.ts'
