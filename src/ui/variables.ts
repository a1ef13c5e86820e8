import { puerto, texto, unoDe, type Variable } from 'seedwork/infraestructura/variables.ts'
import { canonico } from './web/origen.ts'

const origenes: Variable<readonly string[]> = {
  defecto: '',
  debeSer: 'una lista, separada por comas, de orígenes como https://vuelos.example',
  leer: (valor) => {
    const lista = valor
      .split(',')
      .map((uno) => uno.trim())
      .filter((uno) => uno !== '')
    return lista.every((uno) => canonico(uno) === uno) ? lista : undefined
  },
}

/** Lo que la interfaz lee de su entorno, y nada más. */
export const variablesUi = {
  UI_HOST: texto('127.0.0.1'),
  UI_PUERTO: puerto(5678),
  UI_ORIGENES: origenes,
  UI_EMITIR_TODO: unoDe('0', '1'),
  UI_ARMADA: texto(''),
}
