import type { Aeropuertos } from '../dominio/aeropuertos.ts'
import type { Horas } from '../dominio/horas.ts'
import { proveedores_simulados } from '../dominio/red/proveedor_simulado.ts'
import type { Proveedores } from '../dominio/repositorios.ts'

/** La de la red que todos ven: con otra serían otros vuelos, y las ofertas dadas dejarían de valer. */
const SEMILLA = 20_221_122

/** Los proveedores de la red simulada. No se guardan: cada uno se calcula. */
export const proveedoresSimulados = (partes: Readonly<{ aeropuertos: Aeropuertos; horas: Horas; semilla?: number }>): Proveedores => {
  const todos = proveedores_simulados({ semilla: SEMILLA, ...partes })
  const porCodigo = new Map(todos.map((proveedor) => [proveedor.codigo, proveedor]))
  return { obtener_todos: () => todos, obtener_por_codigo: (codigo) => porCodigo.get(codigo) }
}
