import type { Lugar } from '../dominio/aeropuertos.ts'
import type { Clase } from '../dominio/objetos_valor.ts'
import type { Viajeros } from '../dominio/precio.ts'
import type { Opcion } from '../dominio/red/conexiones.ts'
import { proveedores_simulados } from '../dominio/red/proveedor_simulado.ts'
import type { Red } from '../dominio/red/rutas.ts'
import { leerAeropuertos } from '../infraestructura/aeropuertos.ts'
import { horasDeZonas } from '../infraestructura/hora_local.ts'

/** La red de las pruebas: los aeropuertos de verdad y una semilla cualquiera. */
export const unaRed = (semilla = 7): Red => ({ semilla, aeropuertos: leerAeropuertos(), horas: horasDeZonas() })

/** El aeropuerto de ese código, que existe. */
export const unLugar = (codigo: string): Lugar => {
  const lugar = leerAeropuertos().porCodigo(codigo)
  if (lugar === undefined) throw new Error(`No hay un aeropuerto ${codigo}`)
  return lugar
}

/** Todo lo que se ofrece para ir de un lugar a otro ese día, de todas las aerolíneas. */
export const opcionesDe = (red: Red, ruta: `${string}-${string}`, dia: number, clase: Clase = 'ECONOMICA'): readonly Opcion[] => {
  const [origen = '', destino = ''] = ruta.split('-')
  const odo = { origen: unLugar(origen), destino: unLugar(destino), dia }
  return proveedores_simulados(red).flatMap((proveedor) => proveedor.obtener_itinerarios([odo], { clase })[0] ?? [])
}

export const unosViajeros = (cambios: Partial<Viajeros> = {}): Viajeros => ({ adultos: 1, menores: 0, infantes: 0, ...cambios })
