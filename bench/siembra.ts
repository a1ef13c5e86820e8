import { resumirReserva, reservas } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { leerPedido } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { abrirAlmacen } from './composicion.ts'
import { PEDIDO, VIAJEROS } from './peticiones.ts'

const POR_UNIDAD = 2_000
